import type { MetadataRoute } from 'next';

/** Sales are for everybody to find; carts, orders and accounts are nobody else's. */
export default function robots(): MetadataRoute.Robots {
  return {
    rules: { userAgent: '*', disallow: ['/api/', '/cart', '/orders', '/account', '/admin', '/signin', '/signup'] },
  };
}
