// SPDX-License-Identifier: Apache-2.0
//
// main.tsx -- starts the app: theme, language, cache, pages.
import './tokens.css';
import './app.css';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './App';
import { Problem } from './core/api';
import { watchSession } from './core/auth';
import { firstLang, Languages, setLang } from './core/i18n';
import { followSystem } from './core/theme';
import './role/agent';
import './role/customer';

const cache = new QueryClient({
  defaultOptions: {
    queries: {
      // The live stream tells what is old; a visit after a while reads again all the same.
      staleTime: 60_000,
      refetchOnWindowFocus: false,
      // An answer that says no will say no again.
      retry: (count, e) => count < 2 && !(e instanceof Problem && e.status >= 400 && e.status < 500),
    },
  },
});
watchSession(cache);
followSystem();

void setLang(firstLang(), false).then(() =>
  createRoot(document.getElementById('root')!).render(
    <StrictMode>
      <QueryClientProvider client={cache}>
        <Languages><App /></Languages>
      </QueryClientProvider>
    </StrictMode>,
  ));
