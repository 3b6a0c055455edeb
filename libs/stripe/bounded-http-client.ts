import type { IncomingHttpHeaders } from 'node:http';
import Stripe from 'stripe';
import { Agent, type Dispatcher } from 'undici';

/** What stripe-node calls to send a request: https://github.com/stripe/stripe-node#configuration */
export type HttpClient = ReturnType<typeof Stripe.createNodeHttpClient>;
export type HttpResponse = Awaited<ReturnType<HttpClient['makeRequest']>>;
type Request = Parameters<HttpClient['makeRequest']>;

/** undici's names of failures, by what stripe-node's own client calls them: whether it tries again depends on it. */
const CODES: Readonly<Record<string, string>> = {
  UND_ERR_CONNECT_TIMEOUT: Stripe.HttpClient.TIMEOUT_ERROR_CODE,
  UND_ERR_HEADERS_TIMEOUT: Stripe.HttpClient.TIMEOUT_ERROR_CODE,
  UND_ERR_BODY_TIMEOUT: Stripe.HttpClient.TIMEOUT_ERROR_CODE,
  UND_ERR_SOCKET: 'ECONNRESET',
};

/**
 * An HTTP client for stripe-node on undici, which takes less time for a request than `node:http`. The timeout is for the
 * headers, and again for the whole body. stripe-node's own client restarts its timeout with every byte, so a slow
 * response could occupy a connection without limit.
 */
export function createBoundedHttpClient(): HttpClient {
  return new BoundedHttpClient();
}

class BoundedHttpClient extends Stripe.HttpClient {
  private readonly agent = new Agent();

  override getClientName(): string {
    return 'undici';
  }

  override makeRequest(
    ...[host, port, path, method, headers, body, protocol, timeoutMs]: Request
  ): Promise<HttpResponse> {
    const request = {
      origin: `${protocol}://${host}:${port}`,
      path,
      method,
      headers: headers as Record<string, string>,
      body: body || null,
      headersTimeout: timeoutMs,
      bodyTimeout: timeoutMs,
    };
    return new Promise((resolve, reject) => {
      this.agent.dispatch(request, new Exchange(timeoutMs, resolve, reject));
    });
  }
}

/** One request and its response. It collects the body itself, without a stream. */
class Exchange implements Dispatcher.DispatchHandler {
  private response?: BoundedResponse;

  constructor(
    private readonly timeoutMs: number,
    private readonly resolve: (response: HttpResponse) => void,
    private readonly reject: (error: unknown) => void,
  ) {}

  /** undici asks for it. */
  onRequestStart(): void {}

  onResponseStart(
    controller: Dispatcher.DispatchController,
    status: number,
    headers: IncomingHttpHeaders,
  ): void {
    // An interim response comes before the one that is waited for.
    if (status < 200) return;
    this.response = new BoundedResponse(status, headers, controller, this.timeoutMs);
    this.resolve(this.response);
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.response?.add(chunk);
  }

  onResponseEnd(): void {
    this.response?.end();
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    if (this.response) this.response.fail(withStripesCode(error));
    else this.reject(withStripesCode(error));
  }
}

/** A response whose body is collected as it arrives. */
export class BoundedResponse extends Stripe.HttpClientResponse {
  /** Tried first. Undefined means that the body has to be parsed as a whole. */
  parse?: (text: string) => unknown;
  private chunks: Buffer[] = [];
  private readonly timer: NodeJS.Timeout;
  private readonly ended: Promise<void>;
  private complete!: () => void;
  private abandon!: (error: unknown) => void;

  constructor(
    status: number,
    headers: IncomingHttpHeaders,
    private readonly controller: Dispatcher.DispatchController,
    timeoutMs: number,
  ) {
    super(status, headers as ConstructorParameters<typeof Stripe.HttpClientResponse>[1]);
    this.timer = setTimeout(() => this.controller.abort(Stripe.HttpClient.makeTimeoutError()), timeoutMs);
    this.ended = new Promise((resolve, reject) => {
      this.complete = resolve;
      this.abandon = reject;
    });
    // Nobody waits for the body of a response that is disposed of.
    this.ended.catch(() => undefined);
  }

  add(chunk: Buffer): void {
    this.chunks.push(chunk);
  }

  end(): void {
    clearTimeout(this.timer);
    this.complete();
  }

  fail(error: unknown): void {
    clearTimeout(this.timer);
    this.abandon(Stripe.HttpClient.makeResponseBodyError(error));
  }

  /** stripe-node returns it as `lastResponse`, with these fields of Node's response. */
  override getRawResponse(): { statusCode: number; headers: object } {
    return { statusCode: this.getStatusCode(), headers: this.getHeaders() };
  }

  /** For files, which Paydesk reads none of. */
  override toStream(): never {
    throw new Error('responses are not streamed');
  }

  override async toJSON(): Promise<unknown> {
    await this.ended;
    const text = this.takeText();
    // The base class parses as stripe-node expects, with the raw body in the error.
    // oxlint-disable-next-line no-underscore-dangle
    return this.parse?.(text) ?? (this._parseResponseBody(text) as unknown);
  }

  /** Nothing keeps the text: others keep the response until the next one, and V8 would copy long texts again and again. */
  private takeText(): string {
    const text = Buffer.concat(this.chunks).toString();
    this.chunks = [];
    return text;
  }

  /** stripe-node calls this before it tries again. */
  dispose(): void {
    this.controller.abort(new Error('the response is not needed'));
  }
}

function withStripesCode(error: unknown): unknown {
  if (!(error instanceof Error) || !('code' in error)) return error;
  const code = CODES[String(error.code)];
  return code === undefined ? error : Object.assign(new Error(error.message, { cause: error }), { code });
}
