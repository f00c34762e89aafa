import {
  inject,
  provideBrowserGlobalErrorListeners,
  provideEnvironmentInitializer,
  type ApplicationConfig,
} from '@angular/core';
import { provideRouter, TitleStrategy, withComponentInputBinding, withInMemoryScrolling } from '@angular/router';
import { routes } from './app.routes.ts';
import { PageTitle } from './core/page-title.ts';
import { ScrollKeeper } from './core/scroll-keeper.ts';

export const appConfig: ApplicationConfig = {
  providers: [
    provideBrowserGlobalErrorListeners(),
    provideRouter(routes, withComponentInputBinding(), withInMemoryScrolling()),
    provideEnvironmentInitializer(() => inject(ScrollKeeper).keep()),
    { provide: TitleStrategy, useExisting: PageTitle },
  ],
};
