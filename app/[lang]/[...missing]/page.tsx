import { notFound } from 'next/navigation';

/** Every address without a page of its own, so that its answer is in the visitor's language too. */
export default function Page() {
  notFound();
}
