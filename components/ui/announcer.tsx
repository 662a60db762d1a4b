/** What assistive technology says when `text` changes; never visible. */
export function Announcer({ text }: { text: string }) {
  return (
    <p role="status" className="sr-only">
      {text}
    </p>
  );
}
