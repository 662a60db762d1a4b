import { Button } from '#components/ui/button.tsx';
import { mayNotify } from '#components/ui/notify.ts';

interface Wish {
  words: { tellMe: string; telling: string; tellingByTab: string };
  /** There is something to be told of. */
  shown: boolean;
  asked: boolean;
  /** By a notification of the browser; else the tab says it. */
  notifies: boolean;
  onAsk: () => void;
  onAnswer: (notifies: boolean) => void;
}

/** To be told when something comes, while the page stays open; by a notification where the browser may. */
export function TellMe({ words, shown, asked, notifies, onAsk, onAnswer }: Wish) {
  return (
    <>
      {shown && (
        <Button
          kind="secondary"
          className="self-start"
          off={asked}
          onClick={async () => {
            onAsk();
            onAnswer(await mayNotify());
          }}
        >
          {words.tellMe}
        </Button>
      )}
      <p role="status" className="text-muted text-sm empty:hidden">
        {shown && asked && (notifies ? words.telling : words.tellingByTab)}
      </p>
    </>
  );
}
