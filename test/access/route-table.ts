import 'reflect-metadata';
import { METHOD_METADATA, PATH_METADATA } from '@nestjs/common/constants.js';
import { type INestApplicationContext, RequestMethod, type Type } from '@nestjs/common';
import { ModulesContainer, Reflector } from '@nestjs/core';
import { SCOPES } from '#core/scope.js';
import type { Access, DeclaredAccess } from '../../src/api/http/access.js';
import { ALLOWED } from '../../src/api/http/allow.decorator.js';

/** A handler of a controller. */
export interface Route {
  /** Such as `GET /payments/get-history`. */
  name: string;
  /** What `@Allow` or `@AllowAnyone` declares; undefined if neither is there. */
  access: DeclaredAccess | undefined;
}

/** Every route of an application's controllers. */
export function routesOf(app: INestApplicationContext): Route[] {
  const modules = [...app.get(ModulesContainer).values()];
  return modules.flatMap(({ controllers }) =>
    [...controllers.values()].flatMap(({ metatype }) => routesOfController(metatype as Type)),
  );
}

/** Why nobody knows who may use a route; undefined if it declares its callers and their scopes. */
export function declarationFault({ access }: Route): string | undefined {
  if (access === undefined) return 'declares no callers';
  if (access === 'anyone') return undefined;
  if (Object.keys(access).length === 0) return 'declares no callers';
  return Object.entries(access).every(isDeclared) ? undefined : 'declares a caller without a scope';
}

function isDeclared([kind, needed]: [string, Access[keyof Access]]): boolean {
  return kind === 'user' ? needed === true : SCOPES.some((scope) => scope === needed);
}

function routesOfController(controller: Type): Route[] {
  const prototype = controller.prototype as Record<string, object>;
  const reflector = new Reflector();
  return Object.getOwnPropertyNames(prototype)
    .map((name) => prototype[name] as Type)
    .filter((handler) => Reflect.hasMetadata(METHOD_METADATA, handler))
    .map((handler) => ({
      name: `${RequestMethod[Reflect.getMetadata(METHOD_METADATA, handler)]} ${pathOf(controller, handler)}`,
      access: reflector.getAllAndOverride<DeclaredAccess | undefined>(ALLOWED, [handler, controller]),
    }));
}

function pathOf(controller: Type, handler: Type): string {
  const parts = [controller, handler].map((target) => String(Reflect.getMetadata(PATH_METADATA, target)));
  return `/${parts
    .flatMap((part) => part.split('/'))
    .filter(Boolean)
    .join('/')}`;
}
