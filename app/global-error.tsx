'use client';

import { messages } from '#components/messages.ts';

/** When even the layout failed: it has no styles to rely on. */
export default function GlobalError({ retry }: { retry: () => void }) {
  return (
    <html lang="en">
      <body
        style={{
          fontFamily: 'system-ui, sans-serif',
          display: 'grid',
          placeItems: 'center',
          minHeight: '100dvh',
          textAlign: 'center',
        }}
      >
        <main>
          <h1>{messages.trouble.title}</h1>
          <p>{messages.trouble.text}</p>
          <button type="button" onClick={retry}>
            {messages.trouble.again}
          </button>
        </main>
      </body>
    </html>
  );
}
