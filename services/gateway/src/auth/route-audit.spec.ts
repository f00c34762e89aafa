import { Controller, Get } from '@nestjs/common';
import { Needs, Open } from './access.ts';
import { declaredRoutes } from './route-audit.ts';

@Controller('/a')
class Careful {
  @Needs('viewer')
  @Get('one')
  one(): void {
    return undefined;
  }

  @Open()
  @Get('two')
  two(): void {
    return undefined;
  }
}

@Controller()
class Careless {
  @Get('/three')
  three(): void {
    return undefined;
  }
}

describe('declaredRoutes', () => {
  it('lists routes that say who may call them', () => {
    expect(declaredRoutes([Careful]).map(({ method, path }) => `${method} ${path}`)).toEqual([
      'get /a/one',
      'get /a/two',
    ]);
  });

  it('does not let one start that does not', () => {
    expect(() => declaredRoutes([Careful, Careless])).toThrow('Careless.three does not say who may call it');
  });
});
