import {
  type BeforeApplicationShutdown,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import type { Owner } from '#core/actor.js';
import { Clock } from '#core/clock.js';
import { Problem } from '#core/problem.js';
import type { RequestContext } from '#core/request-context.js';
import { CARD_TESTING_BRAKE, type CardTestingRateName, ratesOf } from '../config/rates.js';
import { Settings } from '../config/settings.js';
import type { Transaction } from '../database/database.js';
import { ALWAYS, type OwnerCondition } from '../database/owner-condition.js';
import { PeriodicTask, PRUNE_MS } from '../queue/periodic-task.js';
import { warnOf } from '../queue/warn-of.js';
import { CardTestingStore } from './card-testing.store.js';
import {
  attemptAllowedAt,
  attemptsEndedAt,
  type CardTestingRates,
  setupIntentAllowedAt,
} from './card-testing.js';

/**
 * Stops those who try out stolen cards: https://docs.stripe.com/disputes/prevention/card-testing
 * Counts are exact across instances and survive a crash. One operation counts once, however often it is repeated.
 */
@Injectable()
export class CardTestingBrake implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(CardTestingBrake.name);
  private readonly rates: CardTestingRates | undefined;
  /**
   * Counts attempts as {@link countAttempt} does, together with the insertion of their operations. For an attempt that is
   * not allowed, nothing is inserted.
   */
  readonly newAttempts: OwnerCondition;
  private readonly pruning: PeriodicTask;

  constructor(
    settings: Settings,
    private readonly store: CardTestingStore,
    private readonly clock: Clock,
  ) {
    this.rates = ratesOf<CardTestingRateName>(settings.CARD_TESTING_BRAKE, CARD_TESTING_BRAKE);
    this.newAttempts = this.rates ? store.newAttempts(this.rates, () => clock.now()) : ALWAYS;
    this.pruning = new PeriodicTask(
      () => this.prune(),
      PRUNE_MS,
      warnOf(this.logger, 'Could not delete old counts of charge attempts'),
    );
  }

  onApplicationBootstrap(): void {
    this.pruning.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.pruning.stop();
  }

  /**
   * Counts an attempt to charge a card of an owner, before it is sent. In a dry run it only checks.
   *
   * @throws {Problem} `too-many-attempts` if the owner has made too many or had too many declined, or too large a share
   *   of the partner's was declined
   */
  async countAttempt({ dryRun }: RequestContext, owner: Owner, operationId: string): Promise<void> {
    if (!this.rates) return;
    const now = this.clock.now();
    if (dryRun) {
      const known = await this.store.history(owner, 'attempts', this.rates, now);
      const endedAt = attemptsEndedAt(known, this.rates);
      if (endedAt !== null && endedAt > now) throw tooManyAttempts(endedAt, now);
      return;
    }
    if (await this.store.takeAttempt(owner, operationId, this.rates, now)) return;
    const history = await this.store.history(owner, 'attempts', this.rates, now);
    throw tooManyAttempts(attemptAllowedAt(history, this.rates, now), now);
  }

  /**
   * Counts a SetupIntent of an owner, before it is created. In a dry run it only checks.
   *
   * @throws {Problem} `too-many-attempts` if the owner has created too many
   */
  async countSetupIntent({ dryRun }: RequestContext, owner: Owner, operationId: string): Promise<void> {
    if (!this.rates) return;
    const now = this.clock.now();
    if (dryRun) {
      const known = await this.store.history(owner, 'setup-intents', this.rates, now);
      const allowedAt = setupIntentAllowedAt(known, this.rates, now);
      if (allowedAt > now) throw tooManyAttempts(allowedAt, now);
      return;
    }
    if (await this.store.takeSetupIntent(owner, operationId, this.rates, now)) return;
    const history = await this.store.history(owner, 'setup-intents', this.rates, now);
    throw tooManyAttempts(setupIntentAllowedAt(history, this.rates, now), now);
  }

  /** Counts a declined charge, in the transaction that stores it. */
  async countDecline(transaction: Transaction, owner: Owner, operationId: string): Promise<void> {
    if (!this.rates) return;
    const now = this.clock.now();
    const isNewBlock = await this.store.saveDecline(transaction, owner, operationId, this.rates, now);
    if (isNewBlock) this.logger.error({ alert: true, partner: owner.tenant, msg: BLOCKED });
  }

  private async prune(): Promise<void> {
    if (!this.rates) return;
    const windowMs = Math.max(...Object.values(this.rates).map((rate) => rate.windowMs));
    await this.store.prune(new Date(this.clock.now().getTime() - windowMs));
  }
}

const BLOCKED =
  'Most charges of a partner were declined, as in card testing: its charges are stopped for a while';

function tooManyAttempts(allowedAt: Date, now: Date): Problem {
  const retryAfterSeconds = Math.max(1, Math.ceil((allowedAt.getTime() - now.getTime()) / 1000));
  return new Problem('too-many-attempts', { retryAfterSeconds });
}
