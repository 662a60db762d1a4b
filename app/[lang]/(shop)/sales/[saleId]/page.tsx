import type { Metadata } from 'next';
import { isComing, shellOf } from '#app/[lang]/(shop)/shell.ts';
import { SalePage } from '#components/sale/sale-page.tsx';

interface Props {
  params: Promise<{ saleId: string }>;
}

/** A shell per sale, made when first asked for and again every few seconds; how the sale stands is asked for by the page. */
export const generateStaticParams = () => [];
export const revalidate = 10;

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const sale = await shellOf((await params).saleId);
  return sale ? { title: sale.name, ...(sale.description && { description: sale.description }) } : {};
}

export default async function Page({ params }: Props) {
  const { saleId } = await params;
  const about = await shellOf(saleId);
  return <SalePage saleId={saleId} about={about} coming={isComing(about)} />;
}
