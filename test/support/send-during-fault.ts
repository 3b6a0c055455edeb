import type { Answer } from './caller.js';
import { expectProblem } from './expect-problem.js';
import type { Paydesk } from './paydesk.js';

/** Sends a request while every such call to Stripe goes wrong, so that its outcome is unknown. Stripe is well again afterwards. */
export async function sendDuringFault(
  { sandbox: { faults } }: Pick<Paydesk, 'sandbox'>,
  fault: Omit<Parameters<Paydesk['sandbox']['faults']['add']>[0], 'share'>,
  send: () => Promise<Answer>,
): Promise<Answer> {
  faults.add({ ...fault, share: 1 });
  const answer = await send();
  expectProblem(answer, 'outcome-unknown');
  faults.clear();
  return answer;
}
