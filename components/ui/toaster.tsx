'use client';

import { useEffect } from 'react';
import { Toaster as Sonner, toast } from 'sonner';
import { useMessages } from '#components/messages/index.ts';

/** At the top, where no thumb is and no button: the bar to buy with stands at the bottom. */
export function Toaster({ onReady }: { onReady: (show: (text: string) => void) => void }) {
  const { shop } = useMessages();
  // Sonner listens from its own effect on, which runs before this one. Its live region must have been there for a frame, or
  // assistive technology does not say the first of them.
  useEffect(() => {
    requestAnimationFrame(() => requestAnimationFrame(() => onReady((text) => toast(text))));
  }, [onReady]);
  return (
    <Sonner
      position="top-center"
      offset="5.5rem"
      mobileOffset="5rem"
      containerAriaLabel={shop.news}
      toastOptions={{
        unstyled: true,
        className:
          'flex w-full items-center justify-center rounded-full border border-transparent bg-ink px-5 py-3 text-center font-medium text-paper text-sm sm:w-(--width)',
      }}
    />
  );
}
