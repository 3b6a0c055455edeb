/** The metadata of a payment or subscription that holds the caller's own name for it. */
export const SHOP_TRANSACTION_ID = 'paydesk_shop_transaction_id';
