import { Injectable } from '@nestjs/common';
import type { OperationKind } from './operation.js';

/** The kinds of operations that this version of the service can do. Each noun module registers its own at start. */
@Injectable()
export class OperationRegistry {
  private readonly kinds = new Map<string, OperationKind<unknown, unknown, unknown>>();

  register<Plan, Result, Answer>(kind: OperationKind<Plan, Result, Answer>): void {
    this.kinds.set(kind.name, kind);
  }

  /** Undefined for a kind of another version of this service. */
  find(name: string): OperationKind<unknown, unknown, unknown> | undefined {
    return this.kinds.get(name);
  }
}
