/** A signed-in user of a web app; lives in the tenant of the token's issuer. */
export interface UserActor {
  kind: 'user';
  tenant: string;
  userId: string;
}

/** A partner's back end; sees the users of its own tenant only. */
export interface PartnerActor {
  kind: 'partner';
  tenant: string;
}

/** Another internal service of the company; trusted with every payment. */
export interface ServiceActor {
  kind: 'service';
  name: string;
}

/** Who is calling, as proved by the credential of the request. */
export type Actor = UserActor | PartnerActor | ServiceActor;

export type ActorKind = Actor['kind'];

/** The person payments belong to: a user id means something only inside its tenant. */
export interface Owner {
  tenant: string;
  userId: string;
}

/** The tenant of a partner's users. */
export function partnerTenant(partner: string): string {
  return `partner:${partner}`;
}

/** The tenant of the users that an identity provider signs in. */
export function issuerTenant(issuer: string): string {
  return `issuer:${issuer}`;
}

/** A stable name for the caller itself, to keep its operations apart from everybody else's. */
export function callerName(actor: Actor): string {
  switch (actor.kind) {
    case 'user':
      return `${actor.tenant}/user:${actor.userId}`;
    case 'partner':
      return actor.tenant;
    case 'service':
      return `service:${actor.name}`;
  }
}
