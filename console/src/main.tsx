import './styles/tokens.css';
import './styles/base.css';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { Router } from 'wouter';
import { ApiError } from './api/client.ts';
import { Routes } from './routes.tsx';
import { Shell } from './shell/shell.tsx';
import { applyTheme } from './shell/theme.ts';
import { baseOf } from './state/base.ts';
import { ErrorState } from './ui/states.tsx';

/** A refusal stays one when it is asked again; a server that does not answer may come back. */
const MOST_RETRIES = 2;

const client = new QueryClient({
  defaultOptions: {
    queries: {
      retry: (count, error) =>
        count < MOST_RETRIES && (!(error instanceof ApiError) || error.status === 0),
      staleTime: 2_000,
      refetchOnWindowFocus: false,
      // The server is on this machine or near: whether there is an Internet does not matter.
      networkMode: 'always',
    },
    mutations: { networkMode: 'always' },
  },
});

applyTheme();
const element = document.getElementById('console');
if (element) {
  createRoot(element, { onUncaughtError: (error) => showFailure(element, error) }).render(
    <StrictMode>
      <QueryClientProvider client={client}>
        <Router base={baseOf(location.pathname)}>
          <Shell>
            <Routes />
          </Shell>
        </Router>
      </QueryClientProvider>
    </StrictMode>,
  );
}

/** React takes everything away after an error that nobody caught; this says what it was. */
function showFailure(after: HTMLElement, error: unknown): void {
  const failed = document.createElement('div');
  failed.className = 'failure';
  after.replaceWith(failed);
  createRoot(failed).render(<ErrorState error={error} onRetry={() => location.reload()} />);
}
