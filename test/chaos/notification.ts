/** A notification, as far as it has to be true. */
export interface Notification {
  id: string;
  type: string;
  subject: string;
  sequence: number;
  /** Only of one that is read from the database. */
  tenant?: string | null;
  data: { refund?: { refundID: string }; dispute?: { disputeID: string } };
}
