/** The id of the one account, the same in every sandbox. */
export const OWN_ACCOUNT = 'acct_1OfflineSandbox1';
