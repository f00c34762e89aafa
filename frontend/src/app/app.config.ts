import {
  inject,
  provideBrowserGlobalErrorListeners,
  provideEnvironmentInitializer,
  type ApplicationConfig,
} from '@angular/core';
import {
  provideRouter,
  TitleStrategy,
  withComponentInputBinding,
  withInMemoryScrolling,
  withNavigationErrorHandler,
  type NavigationError,
} from '@angular/router';
import { routes } from './app.routes.ts';
import { BROWSER } from './core/browser.ts';
import { loadAgain } from './core/lost-page.ts';
import { PageTitle } from './core/page-title.ts';
import { ScrollKeeper } from './core/scroll-keeper.ts';

/** No route of ours can fail by anything but its script. */
function onLostPage({ url }: NavigationError): void {
  void loadAgain({
    url,
    browser: inject(BROWSER),
    storage: sessionStorage,
    load: (address) => location.assign(address),
  });
}

export const appConfig: ApplicationConfig = {
  providers: [
    provideBrowserGlobalErrorListeners(),
    provideRouter(routes, withComponentInputBinding(), withInMemoryScrolling(), withNavigationErrorHandler(onLostPage)),
    provideEnvironmentInitializer(() => inject(ScrollKeeper).keep()),
    { provide: TitleStrategy, useExisting: PageTitle },
  ],
};
