import { RequestMethod } from '@nestjs/common';
import { METHOD_METADATA, PATH_METADATA } from '@nestjs/common/internal';
import { LEAST_ROLE, OPEN } from './access.ts';

type Handler = (...args: unknown[]) => unknown;
type Controller = abstract new (...args: never[]) => object;

export interface DeclaredRoute {
  method: string;
  path: string;
  handler: string;
}

function handlersOf(controller: Controller): [string, Handler][] {
  const prototype = controller.prototype as Record<string, unknown>;
  return Object.getOwnPropertyNames(prototype)
    .map((name) => [name, prototype[name]] as [string, Handler])
    .filter(
      ([name, handler]) =>
        name !== 'constructor' && typeof handler === 'function' && Reflect.hasMetadata(PATH_METADATA, handler),
    );
}

/** All routes of some controllers. Throws when one says neither who may call it nor that anyone may. */
export function declaredRoutes(controllers: readonly Controller[]): DeclaredRoute[] {
  return controllers.flatMap((controller) =>
    handlersOf(controller).map(([name, handler]) => {
      const where = `${controller.name}.${name}`;
      const said = [OPEN, LEAST_ROLE].some(
        (key) => Reflect.hasMetadata(key, handler) || Reflect.hasMetadata(key, controller),
      );
      if (!said) throw new Error(`${where} does not say who may call it`);
      const prefix = Reflect.getMetadata(PATH_METADATA, controller) as string;
      const path = Reflect.getMetadata(PATH_METADATA, handler) as string;
      const method = RequestMethod[Reflect.getMetadata(METHOD_METADATA, handler) as number]!;
      return {
        method: method.toLowerCase(),
        path: `/${[prefix, path].join('/')}`.replace(/\/+/g, '/'),
        handler: where,
      };
    }),
  );
}
