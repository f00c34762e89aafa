import { Controller, Get, Header, Inject } from '@nestjs/common';
import { asyncApiDocument, openApiDocument } from '@deckwatch/contracts';
import { CONTEXT, type ServiceContext } from '@deckwatch/service-kit';
import { Needs } from '../auth/access.ts';
import { docsPage } from './docs-page.ts';

/** The API's documents, made from the code at the first request. */
@Controller('/api')
@Needs('viewer')
export class DocsController {
  private openApi?: object;
  private asyncApi?: object;

  constructor(@Inject(CONTEXT) private readonly context: Pick<ServiceContext, 'version'>) {}

  @Get('openapi.json')
  openapi(): object {
    return (this.openApi ??= openApiDocument(this.context.version));
  }

  @Get('asyncapi.json')
  asyncapi(): object {
    return (this.asyncApi ??= asyncApiDocument(this.context.version));
  }

  @Get('docs')
  @Header('content-type', 'text/html; charset=utf-8')
  @Header(
    'content-security-policy',
    "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
  )
  docs(): string {
    return docsPage(this.openapi());
  }
}
