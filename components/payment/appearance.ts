import type { Appearance } from '@stripe/stripe-js';

/** The provider's fields in the colours of a hold (app/globals.css: night, starlight, moon), which are dark by day too. */
export const APPEARANCE: Appearance = {
  theme: 'night',
  variables: {
    colorBackground: '#1d2656',
    colorText: '#f6f1e4',
    colorTextSecondary: '#b9c0e0',
    colorTextPlaceholder: '#b9c0e0',
    colorPrimary: '#ffb627',
    colorDanger: '#ff9d92',
    borderRadius: '12px',
    fontFamily: 'system-ui, sans-serif',
  },
};
