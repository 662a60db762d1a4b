import { SalePage } from '#components/sale/sale-page.tsx';

/** A shell per sale, made when first asked for; what it shows is asked for by the page. */
export const generateStaticParams = () => [];

export default async function Page({ params }: { params: Promise<{ saleId: string }> }) {
  return <SalePage saleId={(await params).saleId} />;
}
