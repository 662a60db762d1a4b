'use client';

import { FAILURE } from '#components/messages/failure.ts';
import { LANGUAGES } from '#components/messages/language.ts';

/** When even the layout failed: it has no styles to rely on, and knows no language. */
export default function GlobalError({ retry }: { retry: () => void }) {
  return (
    <html lang={LANGUAGES[0]}>
      <body
        style={{
          colorScheme: 'light dark',
          fontFamily: 'system-ui, sans-serif',
          display: 'grid',
          placeItems: 'center',
          minHeight: '100dvh',
          textAlign: 'center',
        }}
      >
        <main>
          {LANGUAGES.map((language) => (
            <section key={language} lang={language}>
              <h1>{FAILURE[language].title}</h1>
              <p>{FAILURE[language].text}</p>
              <button type="button" onClick={retry}>
                {FAILURE[language].again}
              </button>
            </section>
          ))}
        </main>
      </body>
    </html>
  );
}
