import { homeShell } from '#app/[lang]/(shop)/shell.ts';
import { messagesOf } from '#components/messages/server.ts';
import { Home } from '#components/sale/home.tsx';

export const revalidate = 10;

export default async function HomePage(props: { params: Promise<{ lang: string }> }) {
  const { home } = await messagesOf(props);
  return (
    <div className="flex flex-col gap-10 sm:gap-14">
      <header className="flex flex-col gap-3 sm:gap-4 sm:pt-2 lg:flex-row lg:items-end lg:justify-between lg:gap-12">
        <h1 className="max-w-3xl font-semibold text-4xl leading-[1.05] tracking-tight sm:text-7xl">
          {home.title.map((line) => (
            <span key={line} className="block">
              {line}{' '}
            </span>
          ))}
        </h1>
        <p className="max-w-prose text-muted sm:text-lg lg:max-w-sm lg:pb-1">{home.lead}</p>
      </header>
      <Home about={await homeShell()} />
      <ol className="grid gap-6 border-line border-t pt-10 sm:grid-cols-3 sm:gap-10">
        {home.steps.map((step) => (
          <li key={step.title} className="flex flex-col gap-1">
            <h2 className="font-semibold text-lg">{step.title}</h2>
            <p className="text-muted">{step.text}</p>
          </li>
        ))}
      </ol>
    </div>
  );
}
