/**
 * The fields that are wanted of an object, in the order in which Stripe writes them: `id`, `object`, then the others by
 * the alphabet. `true` is for a plain value, an object for the wanted fields of an inner object.
 */
export interface WantedFields {
  readonly [name: string]: true | WantedFields;
}

/** What is picked of a value. */
export type Picked<Value, Wanted> = {
  [Name in keyof Value as Name extends keyof Wanted ? Name : never]: Name extends keyof Wanted
    ? Wanted[Name] extends true
      ? Value[Name]
      : Picked<NonNullable<Value[Name]>, Wanted[Name]> | Extract<Value[Name], null | undefined>
    : never;
};

const LIST_START = '{\n  "object": "list",\n  "data": [\n';
const ITEMS_END = '  ]';
const INDENT = 2;
const ITEM_INDENT = 2 * INDENT;
const SPACE = ' '.charCodeAt(0);
const QUOTE = '"'.charCodeAt(0);
const PLAIN_INTEGER = /^(0|[1-9]\d{0,14})$/;
/** Without escapes. */
const PLAIN_STRING = /^"[^"\\]*"$/;

/** The text is not laid out as Stripe's. */
const OTHER_TEXT = Symbol('other text');

/**
 * Reads pages of lists, but only the wanted fields of their items; what an item lacks is undefined. For ten charges that
 * takes 100 us instead of 192, which were a fifth of a read. It relies on Stripe's layout, where each field has a line and
 * is indented by its depth. A line break is never part of a value: https://www.rfc-editor.org/rfc/rfc8259#section-7
 *
 * Of JSON as Stripe sends it, the result is that of `JSON.parse`. But Stripe is trusted: whether the other lines of an item
 * are JSON, and no name is there twice, is not checked.
 *
 * @returns a function that returns undefined for any other text, which has to be parsed as a whole
 */
export function itemPicker(wanted: WantedFields): (text: string) => unknown {
  const shape = new Shape(wanted, ITEM_INDENT);
  return (text) => {
    try {
      return pickItems(text, shape);
    } catch (error) {
      if (error === OTHER_TEXT || error instanceof SyntaxError) return undefined;
      throw error;
    }
  };
}

function pickItems(text: string, shape: Shape): unknown {
  if (!text.startsWith(LIST_START)) return undefined;
  const lines = new Lines(text, LIST_START.length);
  const data: object[] = [];
  for (; lines.isAt(shape.opening); lines.next()) data.push(shape.read(lines));
  if (!lines.isAt(ITEMS_END)) return undefined;
  const rest = JSON.parse(`${LIST_START}${text.slice(lines.start)}`) as object;
  return { ...rest, data };
}

/** The current line of a text. */
class Lines {
  /** The end is where its line break is. */
  end: number;

  constructor(
    readonly text: string,
    public start: number,
  ) {
    this.end = this.endOfLine(start);
  }

  next(): void {
    this.start = this.end + 1;
    this.end = this.endOfLine(this.start);
  }

  /**
   * Goes to the next line with this indentation and start.
   *
   * @returns false, and stays, if a line that is indented less comes before
   */
  find(start: string, indent: number): boolean {
    const { text } = this;
    const closing = start.length - '": '.length;
    let at = this.end + 1 + indent;
    while (
      text.charCodeAt(at) !== QUOTE ||
      text.charCodeAt(at + closing) !== QUOTE ||
      !text.startsWith(start, at)
    ) {
      // The first of them is where the object ends, one level above.
      if (text.charCodeAt(at - INDENT) !== SPACE) return false;
      at = this.endOfLine(at - INDENT) + 1 + indent;
    }
    this.start = at - indent;
    this.end = this.endOfLine(at);
    return true;
  }

  isAt(start: string): boolean {
    return this.text.startsWith(start, this.start);
  }

  private endOfLine(from: number): number {
    const end = this.text.indexOf('\n', from);
    if (end === -1) throw OTHER_TEXT;
    return end;
  }
}

/** The wanted fields of objects at one depth. */
class Shape {
  readonly opening: string;
  private readonly closing: string;
  private readonly indent: number;
  private readonly fields: readonly { name: string; start: string; shape: Shape | undefined }[];
  /** Copied for each object, because V8 takes long to add fields one by one. */
  private readonly empty: Readonly<Record<string, unknown>>;

  constructor(wanted: WantedFields, indent: number) {
    this.opening = `${' '.repeat(indent)}{\n`;
    this.closing = `${' '.repeat(indent)}}`;
    this.indent = indent + INDENT;
    this.fields = Object.entries(wanted).map(([name, inner]) => ({
      name,
      start: `"${name}": `,
      shape: inner === true ? undefined : new Shape(inner, this.indent),
    }));
    this.empty = Object.fromEntries(this.fields.map(({ name }) => [name, undefined]));
  }

  /** Reads an object that starts in the current line, and goes to the line where it ends. */
  read(lines: Lines): object {
    const { text, start: openedAt } = lines;
    const object = { ...this.empty };
    for (const { name, start, shape } of this.fields) {
      if (!lines.find(start, this.indent)) {
        // Or before the field that was read last, where Stripe does not write it.
        if (new Lines(text, openedAt).find(start, this.indent)) throw OTHER_TEXT;
        continue;
      }
      const valueAt = lines.start + this.indent + start.length;
      const hasComma = text.endsWith(',', lines.end);
      const value = text.slice(valueAt, hasComma ? lines.end - 1 : lines.end);
      object[name] = shape && value === '{' ? shape.read(lines) : plainValue(value);
    }
    do lines.next();
    while (text.charCodeAt(lines.start + this.indent - 1) === SPACE);
    if (!lines.isAt(this.closing)) throw OTHER_TEXT;
    return object;
  }
}

/** A value that is one line. `JSON.parse` takes several times as long for the usual ones. */
function plainValue(value: string): unknown {
  if (value === 'null') return null;
  if (value === 'true' || value === 'false') return value === 'true';
  if (PLAIN_STRING.test(value)) return value.slice(1, -1);
  return PLAIN_INTEGER.test(value) ? Number(value) : (JSON.parse(value) as unknown);
}
