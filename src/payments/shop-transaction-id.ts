/** The metadata key under which a payment or subscription carries the caller's own id of it. */
export const SHOP_TRANSACTION_ID = 'paydesk_shop_transaction_id';
