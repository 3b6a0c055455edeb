import { failures } from '../errors.js';

export type Operator = ':' | '~' | '>' | '<' | '>=' | '<=';

/** One condition of a query, such as `-currency:"jpy"`. */
export interface Clause {
  isNegated: boolean;
  /** A dotted path, or `metadata`. */
  field: string;
  /** The key of `metadata["key"]`. */
  metadataKey: string | undefined;
  operator: Operator;
  /** null for the token NULL, which stands for a field without a value. */
  value: string | null;
}

/** A query: its clauses, of which all or any must match. */
export interface Query {
  clauses: Clause[];
  matchesAny: boolean;
}

/** Source: https://docs.stripe.com/search#search-query-language. */
const MAX_CLAUSES = 10;

const CLAUSE = new RegExp(
  [
    String.raw`\s*(?<negation>-)?`,
    String.raw`(?<field>[a-z_][a-z_0-9.]*)`,
    String.raw`(?:\[(?<key>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')\])?`,
    String.raw`\s*(?<operator>>=|<=|[:~<>])\s*`,
    String.raw`(?<value>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|[\w.-]+)`,
    String.raw`(?=\s|$)`,
  ].join(''),
  'iy',
);

const CONNECTOR = /\s+(and|or)(?=\s)/iy;

/**
 * Reads a query in Stripe's search language: clauses joined by AND, which is the default, or by OR.
 * Source: https://docs.stripe.com/search#search-query-language.
 * @throws StripeFailure 400 for a query that can't be read, joins clauses by both, or has more than ten
 */
export function parseQuery(text: string): Query {
  const clauses: Clause[] = [];
  const connectors = new Set<string>();
  let position = 0;
  while (position < text.trimEnd().length) {
    const match = matchAt(CLAUSE, text, position);
    if (!match) throw unreadable();
    clauses.push(clauseFrom(match.groups!));
    position += match[0].length;
    const connector = matchAt(CONNECTOR, text, position);
    if (connector) position += connector[0].length;
    if (position < text.trimEnd().length) connectors.add(connector?.[1]!.toLowerCase() ?? 'and');
    else if (connector) throw unreadable();
  }
  if (clauses.length === 0 || connectors.size > 1) throw unreadable();
  if (clauses.length > MAX_CLAUSES) {
    throw failures.invalidRequest(`A search query can have up to ${MAX_CLAUSES} clauses.`, {
      param: 'query',
    });
  }
  return { clauses, matchesAny: connectors.has('or') };
}

function matchAt(pattern: RegExp, text: string, position: number): RegExpExecArray | null {
  pattern.lastIndex = position;
  return pattern.exec(text);
}

function clauseFrom({ negation, field, key, operator, value }: Record<string, string | undefined>): Clause {
  const isMetadata = field!.toLowerCase() === 'metadata';
  if (isMetadata !== (key !== undefined)) throw unreadable();
  return {
    isNegated: negation !== undefined,
    field: field!,
    metadataKey: key === undefined ? undefined : unquoted(key),
    operator: operator as Operator,
    value: value!.toLowerCase() === 'null' ? null : unquoted(value!),
  };
}

/** The text between quotes, or a value without quotes as it is. */
const unquoted = (text: string): string =>
  /^["']/.test(text) ? text.slice(1, -1).replaceAll(/\\(.)/g, '$1') : text;

const unreadable = () =>
  failures.invalidRequest(
    'We were unable to parse your search query. Try using the format `metadata["key"]:"value"` to query for metadata or key:"value" to query for other fields.',
    { param: 'query' },
  );
