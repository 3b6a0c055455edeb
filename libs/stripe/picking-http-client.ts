import Stripe from 'stripe';
import { BoundedResponse, type HttpClient, type HttpResponse } from './bounded-http-client.js';
import { itemPicker, type WantedFields } from './pick-items.js';

/** Makes an HTTP client read only the wanted fields of the items of lists. Other responses stay as they are. */
export function pickItems(client: HttpClient, wanted: WantedFields): HttpClient {
  return new PickingHttpClient(client, itemPicker(wanted));
}

class PickingHttpClient extends Stripe.HttpClient {
  constructor(
    private readonly client: HttpClient,
    private readonly pick: (text: string) => unknown,
  ) {
    super();
  }

  override getClientName(): string {
    return this.client.getClientName();
  }

  override async makeRequest(...request: Parameters<HttpClient['makeRequest']>): Promise<HttpResponse> {
    const response = await this.client.makeRequest(...request);
    if (response instanceof BoundedResponse) response.parse = this.pick;
    return response;
  }
}
