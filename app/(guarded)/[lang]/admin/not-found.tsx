import { Frame } from '#components/shell/frame.tsx';
import { Missing } from '#components/shell/missing.tsx';

export default function NotFound() {
  return (
    <Frame>
      <Missing />
    </Frame>
  );
}
