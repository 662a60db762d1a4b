import { ProductPage } from '#components/product/product-page.tsx';

/** A shell per product, made when first asked for; what it shows is asked for by the page. */
export const generateStaticParams = () => [];

export default async function Page({ params }: { params: Promise<{ saleId: string; productId: string }> }) {
  const { saleId, productId } = await params;
  return <ProductPage saleId={saleId} productId={productId} />;
}
