import type { components } from './generated/schema.js';

/** A failure, by its `type`: https://www.rfc-editor.org/rfc/rfc9457 */
export type Problem = components['schemas']['ProblemDocument'];
export type ProblemType = Problem['type'];
