import type { Scenario } from './run-scenario.js';

/** The size of one scenario in a run. */
export interface Size {
  requests: number;
  kills: number;
  instances: number;
}

/** At 2,000 charges: 50 payments of 20 refunds each, and 200 users of 16 first calls each. */
export function sizeOf(scenario: Scenario, charges: number, kills: number): Size {
  switch (scenario) {
    case 'charges':
      return { requests: charges, kills, instances: 3 };
    case 'refunds':
      return { requests: Math.ceil(charges / 2), kills: Math.floor(kills / 4), instances: 2 };
    case 'events':
    case 'notifications':
      return { requests: Math.ceil(charges / 2), kills: Math.floor(kills / 4), instances: 2 };
    case 'captures':
    case 'changes':
    case 'confirm-page':
    case 'disputes':
    case 'checkouts':
    case 'subscriptions':
    case 'upgrades':
      return { requests: Math.ceil(charges / 5), kills: Math.floor(kills / 4), instances: 2 };
    case 'customers':
      return { requests: Math.ceil(charges * 1.6), kills: 0, instances: 2 };
    case 'event-rate':
      return { requests: charges, kills: 0, instances: 1 };
    case 'backlog':
      return { requests: charges * 5, kills: 0, instances: 1 };
    case 'restored-database':
      return { requests: Math.ceil(charges / 5), kills: Math.floor(kills / 4), instances: 2 };
    case 'outage':
      return { requests: Math.ceil(charges / 5), kills: 0, instances: 1 };
  }
}
