'use client';

import { useState } from 'react';

const NAMES = /^[a-z0-9][a-z0-9-]*$/;
const PARCEL = 'default';

interface Drawing {
  name: string;
  alt?: string;
  eager?: boolean;
  className?: string;
}

/** A product's drawing; a parcel where there is none. Decorative unless `alt` says otherwise: its name always stands beside it. */
export function Art({ name, alt = '', eager = false, className = '' }: Drawing) {
  const [missing, setMissing] = useState('');
  const shown = name === missing || !NAMES.test(name) ? PARCEL : name;
  return (
    // biome-ignore lint/performance/noImgElement: drawings are SVG, which an image optimizer only passes through
    <img
      src={`/art/${shown}.svg`}
      alt={alt}
      width={800}
      height={800}
      loading={eager ? 'eager' : 'lazy'}
      fetchPriority={eager ? 'high' : undefined}
      decoding={eager ? 'sync' : 'async'}
      onError={() => setMissing(name)}
      className={`aspect-square w-full object-cover ${className}`}
    />
  );
}
