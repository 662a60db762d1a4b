/** A product's page. */
export const productHref = ({ saleId, productId }: { saleId: string; productId: string }) =>
  `/sales/${saleId}/${productId}`;
