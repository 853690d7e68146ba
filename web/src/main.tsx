// SPDX-License-Identifier: Apache-2.0
//
// main.tsx -- starts the staff's app: theme, language, cache, pages.
import './tokens.css';
import './app.css';
import { QueryClientProvider } from '@tanstack/react-query';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './App';
import { watchSession } from './core/auth';
import { newCache } from './core/cache';
import { firstLang, Languages, setLang } from './core/i18n';
import { followSystem } from './core/theme';
import { AriaLanguage } from './kit/AriaLanguage';
import './role/agent';
import './role/engineer/register';

const cache = newCache();
watchSession(cache, true);
followSystem();

void setLang(firstLang(), false).then(() =>
  createRoot(document.getElementById('root')!).render(
    <StrictMode>
      <QueryClientProvider client={cache}>
        <Languages><AriaLanguage><App /></AriaLanguage></Languages>
      </QueryClientProvider>
    </StrictMode>,
  ));
