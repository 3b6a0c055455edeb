import { metadata } from '../../http/metadata.js';
import { array, boolean, integer, object, oneOf, required, string, unsettable } from '../../http/params.js';
import { defaultPriceParams } from '../prices/params.js';

const packageDimensions = object({
  height: required(integer({ min: 0 })),
  length: required(integer({ min: 0 })),
  weight: required(integer({ min: 0 })),
  width: required(integer({ min: 0 })),
});

const marketingFeatures = array(object({ name: required(string({ maxLength: 80 })) }));

/** Source: https://docs.stripe.com/api/products/create. */
export const createParams = {
  active: boolean(),
  default_price_data: object(defaultPriceParams),
  description: string({ maxLength: 40_000 }),
  id: string(),
  images: array(string()),
  marketing_features: marketingFeatures,
  metadata: metadata(),
  name: required(string()),
  package_dimensions: packageDimensions,
  shippable: boolean(),
  statement_descriptor: string({ maxLength: 22 }),
  tax_code: string(),
  type: oneOf('good', 'service'),
  unit_label: string({ maxLength: 12 }),
  url: string(),
};

/** Source: https://docs.stripe.com/api/products/update. */
export const updateParams = {
  active: boolean(),
  default_price: string(),
  description: unsettable(string({ maxLength: 40_000 })),
  images: unsettable(array(string())),
  marketing_features: unsettable(marketingFeatures),
  metadata: metadata(),
  name: string(),
  package_dimensions: unsettable(packageDimensions),
  shippable: boolean(),
  statement_descriptor: string({ maxLength: 22 }),
  tax_code: unsettable(string()),
  unit_label: unsettable(string({ maxLength: 12 })),
  url: unsettable(string()),
};
