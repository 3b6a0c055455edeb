import { randomUUID } from 'node:crypto';
import { Controller, Get, Param, Post, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Problem, PROBLEMS } from '#core/problem.js';
import { UUID } from '#core/text.js';
import type { RequestContext } from '#core/request-context.js';
import { isRedirectAllowed, redirectRules } from '../../config/redirect-url.js';
import { Settings } from '../../config/settings.js';
import { CONFIRM_PATH, type ConfirmLink, ConfirmLinks } from '../../confirm-links/confirm-links.service.js';
import type { Confirmation, ConfirmStep } from '../../confirmations/confirmation.js';
import { ConfirmationsService } from '../../confirmations/confirmations.service.js';
import { toProblem } from '../../database/to-problem.js';
import { RateLimits } from '../../limits/rate-limits.service.js';
import { describeFailure } from '../../logging/describe-failure.js';
import { isFinal } from '../../operations/operation-outcome.js';
import { AllowAnyone } from '../http/allow.decorator.js';
import { CurrentContext } from '../http/current-context.decorator.js';
import { RequestQuery } from '../http/declared-input.js';
import { FormPost } from '../http/form-post.js';
import { askPage, type AskingConfirmation, leavePage, noticePage, type Page } from './confirm-page.js';
import { type Language, languageOf } from './language.js';
import { STYLE } from './style.js';

/** No scripts, nothing from elsewhere, no frames, and the link is passed on to no other site. */
const HEADERS = {
  'Content-Security-Policy':
    "default-src 'none'; style-src 'self'; img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  'Referrer-Policy': 'no-referrer',
  'X-Robots-Tag': 'noindex, nofollow',
  'X-Frame-Options': 'DENY',
  Vary: 'Accept-Language',
};

/** The page on which a customer completes one payment. The token in its URL is the credential. */
@ApiExcludeController()
@Controller('confirm')
export class ConfirmController {
  constructor(
    private readonly links: ConfirmLinks,
    private readonly confirmations: ConfirmationsService,
    private readonly limits: RateLimits,
    private readonly settings: Settings,
  ) {}

  @Get('style.css')
  @AllowAnyone()
  style(@Res() reply: FastifyReply): void {
    void reply.type('text/css; charset=utf-8').send(STYLE);
  }

  @Get(':token')
  @AllowAnyone()
  async show(
    @Param('token') token: string,
    @CurrentContext() context: RequestContext,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.answer(token, request, reply, async ({ paymentId, isExpired }, language) =>
      isExpired
        ? noticePage('expired', language)
        : pageOf(await this.confirmations.find(context, paymentId), language, token),
    );
  }

  /**
   * A page of Stripe's lives longer than the link, so whoever comes back later learns of a payment that is complete. Stripe
   * adds parameters of its own to this URL.
   */
  @Get(':token/return')
  @AllowAnyone()
  async comeBack(
    @Param('token') token: string,
    @RequestQuery() _query: object,
    @CurrentContext() context: RequestContext,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.answer(token, request, reply, async ({ paymentId, isExpired }, language) => {
      const confirmation = await this.confirmations.findCompleted(context, paymentId);
      const returnUrl = confirmation.kind === 'done' ? this.allowedUrl(confirmation.returnUrl) : undefined;
      if (returnUrl !== undefined) return returnUrl;
      return isExpired && isAsking(confirmation)
        ? noticePage('expired', language)
        : pageOf(confirmation, language, token);
    });
  }

  @Post(':token/authenticate')
  @AllowAnyone()
  @FormPost()
  async authenticate(
    @Param('token') token: string,
    @RequestQuery() query: object,
    @CurrentContext() context: RequestContext,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const take = (step: ConfirmStep) => this.confirmations.authenticate(context, step);
    await this.takeStep(token, query, request, reply, take);
  }

  @Post(':token/another-card')
  @AllowAnyone()
  @FormPost()
  async payWithAnotherCard(
    @Param('token') token: string,
    @RequestQuery() query: object,
    @CurrentContext() context: RequestContext,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const take = (step: ConfirmStep) => this.confirmations.payWithAnotherCard(context, step);
    await this.takeStep(token, query, request, reply, take);
  }

  /** Takes a step, and sends the customer to the page that it leads to, or to ours. */
  private async takeStep(
    token: string,
    query: object,
    request: FastifyRequest,
    reply: FastifyReply,
    take: (step: ConfirmStep) => Promise<string | undefined>,
  ): Promise<void> {
    await this.answer(token, request, reply, async ({ paymentId, isExpired }, language) => {
      if (isExpired) return noticePage('expired', language);
      const pageUrl = this.links.urlOf(token);
      const attempt = attemptOf(query);
      if (pageUrl === undefined || attempt === undefined || isFromAnotherSite(request)) {
        return noticePage('unknown', language);
      }
      const ourReturn = `${pathOf(token)}/return`;
      try {
        const url = await take({ paymentId, attempt, pageUrl, returnUrl: `${pageUrl}/return` });
        return leavePage(url ?? ourReturn, language);
      } catch (error) {
        if (!(error instanceof Problem) || !isDecided(error)) throw error;
        logFailure(request, error);
        return ourReturn;
      }
    });
  }

  /** Sends a page, or a redirect to a URL. The customer gets a page also if something fails. */
  private async answer(
    token: string,
    request: FastifyRequest,
    reply: FastifyReply,
    pageFor: (link: ConfirmLink, language: Language) => Promise<Page | string>,
  ): Promise<void> {
    const language = languageOf(request.headers['accept-language']);
    void reply.headers(HEADERS);
    const link = this.links.read(token);
    if (!link) return send(reply, noticePage('unknown', language));
    const use = await this.limits.take('confirm', link.paymentId);
    if (use && !use.isAllowed) {
      void reply.header('Retry-After', Math.ceil(use.resetMs / 1000));
      return send(reply, { ...noticePage('later', language, pathOf(token)), status: 429 });
    }
    try {
      const page = await pageFor(link, language);
      if (typeof page === 'string') void reply.redirect(page, 303);
      else send(reply, page);
    } catch (error) {
      const problem = toProblem(error, 'internal-error');
      if (problem.slug === 'not-found') return send(reply, noticePage('unknown', language));
      logFailure(request, problem);
      send(reply, noticePage('later', language, pathOf(token)));
    }
  }

  /** It is in the metadata of the payment, which others can change in Stripe's Dashboard. */
  private allowedUrl(url: string | null): string | undefined {
    return url !== null && isRedirectAllowed(url, redirectRules(this.settings)) ? url : undefined;
  }
}

/**
 * Whether it is known what a step has done, so that the page shows how the payment stands now. A refused page for another card leaves
 * it canceled. A refusal that may not last, such as one for our settings, is the outcome of this step, unless it leaves its operation
 * running, as a 403 does. A stored one is the outcome.
 */
function isDecided(problem: Problem): boolean {
  return !PROBLEMS[problem.slug].retryable || problem.extras.replayed === true || isFinal(problem);
}

function logFailure({ log }: FastifyRequest, problem: Problem): void {
  if (problem.status >= 500) log.error(describeFailure(problem), problem.slug);
}

function pageOf(confirmation: Confirmation, language: Language, token: string): Page {
  return isAsking(confirmation)
    ? askPage(confirmation, language, pathOf(token), randomUUID())
    : noticePage(confirmation.kind, language);
}

function isAsking(confirmation: Confirmation): confirmation is AskingConfirmation {
  return confirmation.kind !== 'done' && confirmation.kind !== 'closed';
}

function send(reply: FastifyReply, { status, body }: Page): void {
  void reply.status(status).type('text/html; charset=utf-8').send(body);
}

function pathOf(token: string): string {
  return `${CONFIRM_PATH}/${token}`;
}

function attemptOf(query: object): string | undefined {
  const { attempt } = query as { attempt?: unknown };
  return typeof attempt === 'string' && UUID.test(attempt) ? attempt : undefined;
}

/** Beside the token, which other sites do not have: https://www.w3.org/TR/fetch-metadata/#sec-fetch-site-header */
function isFromAnotherSite({ headers }: FastifyRequest): boolean {
  const site = headers['sec-fetch-site'];
  return site !== undefined && site !== 'same-origin';
}
