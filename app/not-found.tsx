import ShopLayout from '#app/(shop)/layout.tsx';
import { messages } from '#components/messages.ts';
import { ButtonLink } from '#components/ui/button.tsx';
import { Notice } from '#components/ui/notice.tsx';

export default function NotFound() {
  return (
    <ShopLayout>
      <Notice title={messages.trouble.missingTitle} text={messages.trouble.missingText}>
        <ButtonLink href="/">{messages.shop.back}</ButtonLink>
      </Notice>
    </ShopLayout>
  );
}
