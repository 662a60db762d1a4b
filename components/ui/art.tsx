const NAMES = /^[a-z0-9][a-z0-9-]*$/;

/** A product's drawing. Decorative unless `alt` says otherwise: its name always stands beside it. */
export function Art({
  name,
  alt = '',
  eager = false,
  className = '',
}: {
  name: string;
  alt?: string;
  eager?: boolean;
  className?: string;
}) {
  return (
    // biome-ignore lint/performance/noImgElement: drawings are SVG, which an image optimizer only passes through
    <img
      src={`/art/${NAMES.test(name) ? name : 'default'}.svg`}
      alt={alt}
      width={800}
      height={800}
      loading={eager ? 'eager' : 'lazy'}
      decoding="async"
      className={`aspect-square w-full object-cover ${className}`}
    />
  );
}
