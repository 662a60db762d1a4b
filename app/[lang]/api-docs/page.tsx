import { routes } from '#app/api/openapi.json/routes.ts';
import { messagesOf, titled } from '#components/messages/server.ts';
import { openApi } from '#lib/http/openapi.ts';

export const generateMetadata = titled(({ apiDocs }) => apiDocs.title);

/** The API's description to read: made once, at build, of the very schemas that the handlers use. */
export default async function Page(props: { params: Promise<{ lang: string }> }) {
  const { paths, info, components } = openApi(routes);
  const { title, raw, parameters, body, problem } = (await messagesOf(props)).apiDocs;
  return (
    <main id="content" className="mx-auto w-full max-w-4xl px-4 py-10 sm:px-6">
      <h1 className="font-semibold text-3xl">{title}</h1>
      <p className="mt-3 text-muted">{info.description}</p>
      <p className="mt-3">
        <a href="/api/openapi.json" className="underline">
          {raw}
        </a>
      </p>
      {Object.entries(paths).map(([path, operations]) => (
        <section key={path} aria-label={path} className="mt-8 border-line border-t pt-4">
          <h2 className="break-all font-mono font-semibold text-lg">{path}</h2>
          {Object.entries(operations).map(
            ([method, { summary, description, parameters: given, requestBody, responses }]) => (
              <div key={method} className="mt-4">
                <h3>
                  <span className="font-mono font-semibold uppercase">{method}</span> {summary}
                </h3>
                <p className="text-muted text-sm">{description}</p>
                {given.length > 0 && (
                  <p className="text-sm">
                    {parameters}: {given.map(({ name, in: where }) => `${name} (${where})`).join(', ')}
                  </p>
                )}
                {requestBody && <Schema title={body} schema={requestBody.content['application/json']?.schema} />}
                {Object.entries(responses)
                  .filter(([status]) => status !== 'default')
                  .map(([status, { content = {} }]) => (
                    <Schema
                      key={status}
                      title={`${status} ${Object.keys(content)[0] ?? ''}`}
                      schema={Object.values(content)[0]?.schema}
                    />
                  ))}
              </div>
            ),
          )}
        </section>
      ))}
      <section aria-label={problem} className="mt-8 border-line border-t pt-4">
        <h2 className="font-semibold text-lg">{problem}</h2>
        <Schema title="application/problem+json" schema={components.schemas.Problem} />
      </section>
    </main>
  );
}

function Schema({ title, schema }: { title: string; schema: unknown }) {
  if (!schema) return <p className="font-mono text-sm">{title}</p>;
  return (
    <details className="mt-1">
      <summary className="cursor-pointer font-mono text-sm">{title}</summary>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <pre tabIndex={0} className="overflow-x-auto rounded-xl bg-sunken p-3 text-xs">
        {JSON.stringify(schema, null, 2)}
      </pre>
    </details>
  );
}
