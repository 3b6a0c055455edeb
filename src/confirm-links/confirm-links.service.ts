import { Injectable } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { Clock } from '#core/clock.js';
import { Settings } from '../config/settings.js';
import { Keyring } from '../encryption/keyring.js';
import { confirmTokenOf, readConfirmToken } from './confirm-token.js';

const HOUR_MS = 60 * 60 * 1000;

/** The path of the confirm page. A token follows. */
export const CONFIRM_PATH = '/confirm';

/** What a link that we have signed is for. */
export interface ConfirmLink {
  paymentId: string;
  isExpired: boolean;
}

/** Links to the page on which a customer completes one payment: docs/adr/0025-the-confirm-page.md. */
@Injectable()
export class ConfirmLinks {
  constructor(
    private readonly settings: Settings,
    private readonly keyring: Keyring,
    private readonly clock: Clock,
    private readonly server: HttpAdapterHost,
  ) {}

  /**
   * The link to the confirm page of a payment. The same arguments give the same link.
   *
   * @param paymentId of the record
   * @param from when its lifetime begins
   * @returns undefined if the public URL of this service is not known
   */
  urlFor(paymentId: string, from: Date): string | undefined {
    const expiresAt = new Date(from.getTime() + this.settings.CONFIRM_LINK_HOURS * HOUR_MS);
    return this.urlOf(confirmTokenOf({ paymentId, expiresAt }, this.keyring));
  }

  /** The URL of the page with a token; undefined if the public URL is not known. */
  urlOf(token: string): string | undefined {
    const origin = this.settings.PUBLIC_URL?.replace(/\/$/, '') ?? this.sandboxOrigin();
    return origin === undefined ? undefined : `${origin}${CONFIRM_PATH}/${token}`;
  }

  /** Which payment a token is for; undefined if we have not signed it. */
  read(token: string): ConfirmLink | undefined {
    const content = readConfirmToken(token, this.keyring);
    if (!content) return undefined;
    return { paymentId: content.paymentId, isExpired: content.expiresAt <= this.clock.now() };
  }

  /**
   * The data of a notification as a receiver gets it. The link is added when it is sent or shown, because whoever has it
   * can complete the payment, so it is stored nowhere.
   */
  withConfirmUrl({ type, at, paymentId, data }: NotifiedPayment): Record<string, unknown> {
    if (type !== 'payment.action_required' || paymentId === null) return data;
    const url = this.urlFor(paymentId, at);
    return url === undefined ? data : { ...data, confirm_url: url };
  }

  /** Without a Stripe account, whoever tries the service is on this host. */
  private sandboxOrigin(): string | undefined {
    if (!this.settings.sandboxMode) return undefined;
    const address = (this.server.httpAdapter.getHttpServer() as ListeningServer).address();
    return address && typeof address === 'object' ? `http://127.0.0.1:${address.port}` : undefined;
  }
}

/** What a notification about a payment says. */
interface NotifiedPayment {
  type: string;
  at: Date;
  paymentId: string | null;
  data: Record<string, unknown>;
}

interface ListeningServer {
  address(): { port: number } | string | null;
}
