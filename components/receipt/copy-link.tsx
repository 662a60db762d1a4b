'use client';

import { Check, Copy } from 'lucide-react';
import { useState } from 'react';
import { useMessages } from '#components/messages/index.ts';
import { Button } from '#components/ui/button.tsx';
import { toast } from '#components/ui/toasts.tsx';

/** Copies a receipt's link; where a page may not use the clipboard, shows it to be copied by hand. */
export function CopyLink({ path }: { path: string | undefined }) {
  const [step, setStep] = useState<'idle' | 'copied' | 'shown'>('idle');
  const { receipt: words } = useMessages();
  const Icon = step === 'copied' ? Check : Copy;
  const link = path === undefined ? '' : new URL(path, location.href).href;

  async function copy() {
    try {
      await navigator.clipboard.writeText(link);
      setStep('copied');
      toast(words.copied);
    } catch {
      setStep('shown');
    }
  }

  return (
    <>
      <Button kind="quiet" off={path === undefined} onClick={copy}>
        <Icon aria-hidden="true" className="size-4" />
        {words.copyLink}
      </Button>
      <p role="status" className={step === 'shown' ? 'basis-full text-muted text-sm' : 'sr-only'}>
        {step === 'shown' && words.copyByHand}
      </p>
      {step === 'shown' && (
        <input
          readOnly
          aria-label={words.copyByHand}
          value={link}
          onFocus={(event) => event.target.select()}
          className="min-h-11 basis-full rounded-xl border border-edge bg-paper px-4 text-sm"
        />
      )}
    </>
  );
}
