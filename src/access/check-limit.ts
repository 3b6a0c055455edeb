/** Runs the check of a credential, or refuses to. The check gives undefined for a wrong credential. */
export type CheckLimit = <Holder>(check: () => Promise<Holder | undefined>) => Promise<Holder | undefined>;
