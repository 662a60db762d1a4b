import type { Metadata } from 'next';
import { shellOf } from '#app/[lang]/(shop)/shell.ts';
import { ProductPage } from '#components/product/product-page.tsx';

interface Props {
  params: Promise<{ saleId: string; productId: string }>;
}

/** A shell per product, as of its sale. */
export const generateStaticParams = () => [];
export const revalidate = 10;

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const { saleId, productId } = await params;
  const product = (await shellOf(saleId))?.products.find((candidate) => candidate.productId === productId);
  return product ? { title: product.name, ...(product.description && { description: product.description }) } : {};
}

export default async function Page({ params }: Props) {
  const { saleId, productId } = await params;
  return <ProductPage saleId={saleId} productId={productId} about={await shellOf(saleId)} />;
}
