import type { Metadata, Viewport } from 'next';
import localFont from 'next/font/local';
import type { ReactNode } from 'react';
import { messages } from '#components/messages.ts';
import './globals.css';

const geist = localFont({
  src: '../node_modules/geist/dist/fonts/geist-sans/Geist-Variable.woff2',
  variable: '--font-geist',
  weight: '100 900',
});

export const metadata: Metadata = {
  title: {
    default: `${messages.shop.name} · ${messages.shop.tagline}`,
    template: `%s · ${messages.shop.name}`,
  },
  description: messages.shop.description,
};

export const viewport: Viewport = {
  themeColor: [
    { media: '(prefers-color-scheme: light)', color: '#f7f6f2' },
    { media: '(prefers-color-scheme: dark)', color: '#0b0e1c' },
  ],
};

export default function RootLayout({ children }: { children: ReactNode }) {
  return (
    <html lang="en" className={geist.variable}>
      <body className="min-h-dvh font-sans antialiased">{children}</body>
    </html>
  );
}
