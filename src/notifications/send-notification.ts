import { lookup } from 'node:dns/promises';
import {
  type ClientRequest,
  type IncomingMessage,
  request as httpRequest,
  type RequestOptions,
} from 'node:http';
import { request as httpsRequest } from 'node:https';
import { redact } from '../logging/redact.js';
import { AddressRules } from './address-rules.js';

/** The most that is stored of an answer. */
const ANSWER_MAX_BYTES = 1024;
/** More, so that a secret that crosses that end is recognized. */
const SEARCHED_MAX_BYTES = 2 * ANSWER_MAX_BYTES;
/** The rest of a longer answer is not read. */
const READ_MAX_BYTES = 64 * 1024;

/** A request to a receiver. */
export interface Delivery {
  url: string;
  headers: Readonly<Record<string, string>>;
  body: string;
}

/** What came of a request. */
export interface Reply {
  /** Null without a complete answer. */
  status: number | null;
  /** The first 1 kB of the answer without secrets, or why there is none. */
  answer: string;
  retryAfter?: string;
}

/**
 * Sends a notification. Redirects are not followed. The name is resolved here and the connection goes to an address that
 * was checked, so that a name can't point to another one in between.
 *
 * @param signal ends the request, with whatever part of the answer has arrived
 */
export async function sendNotification(
  delivery: Delivery,
  rules: AddressRules,
  signal: AbortSignal,
): Promise<Reply> {
  try {
    const url = new URL(delivery.url);
    const address = await unlessAborted(addressOf(url, rules), signal);
    return await exchange(url, address, delivery, signal);
  } catch (error) {
    return { status: null, answer: signal.aborted ? 'no complete answer in time' : reasonOf(error) };
  }
}

/** A failure whose message is ours. */
class DeliveryError extends Error {}

/** @throws {DeliveryError} if the host has no address that may be delivered to */
async function addressOf(url: URL, rules: AddressRules): Promise<string> {
  const literal = AddressRules.literalOf(url);
  const all = literal === undefined ? await lookup(url.hostname, { all: true }) : [{ address: literal }];
  const mayUse = (address: string) =>
    url.protocol === 'https:' ? rules.isDeliverable(address) : rules.isAllowedNetwork(address);
  const usable = all.find(({ address }) => mayUse(address));
  if (!usable) throw new DeliveryError('the address of the host is not allowed');
  return usable.address;
}

function exchange(url: URL, address: string, delivery: Delivery, signal: AbortSignal): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const send = url.protocol === 'https:' ? httpsRequest : httpRequest;
    const options: RequestOptions = {
      method: 'POST',
      headers: { ...delivery.headers, 'content-length': Buffer.byteLength(delivery.body) },
      // A connection of its own, to exactly this address.
      agent: false,
      lookup: (_name, { all }, callback) => {
        const family = address.includes(':') ? 6 : 4;
        if (all) callback(null, [{ address, family }]);
        else callback(null, address, family);
      },
      signal,
    };
    const request = send(url, options, (response) => {
      readReply(request, response).then(resolve, reject);
    });
    request.on('error', reject).end(delivery.body);
  });
}

async function readReply(request: ClientRequest, response: IncomingMessage): Promise<Reply> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    if (size < SEARCHED_MAX_BYTES) chunks.push(chunk);
    size += chunk.length;
    if (size > READ_MAX_BYTES) break;
  }
  request.destroy();
  const { statusCode = null, headers } = response;
  // It is stored and shown, and a receiver may answer with what it was sent or with what it logs.
  const searched = Buffer.concat(chunks).subarray(0, SEARCHED_MAX_BYTES);
  const answer = Buffer.from(redact(searched.toString('utf8').replaceAll('\0', '')));
  const retryAfter = headers['retry-after'];
  const kept = answer.subarray(0, ANSWER_MAX_BYTES).toString('utf8');
  return { status: statusCode, answer: kept, ...(retryAfter !== undefined && { retryAfter }) };
}

/** A look-up can't be aborted, but need not be waited for. */
function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) reject(new DeliveryError('aborted'));
    signal.addEventListener('abort', () => reject(new DeliveryError('aborted')), { once: true });
    promise.then(resolve, reject);
  });
}

/** A code such as ECONNREFUSED. Other messages may contain what should not be shown. */
function reasonOf(error: unknown): string {
  if (error instanceof DeliveryError) return error.message;
  const { code } = error as NodeJS.ErrnoException;
  return code ?? 'the request failed';
}
