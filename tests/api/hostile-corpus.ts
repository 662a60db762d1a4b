/** Values that no honest client sends, as JSON text, so that 1e309 or a lone surrogate can be among them. */

const quoted = (values: string[]) => values.map((value) => JSON.stringify(value));

export const OBJECTS = [
  '{}',
  '[]',
  '["a"]',
  '[["a"]]',
  '[null]',
  '{"$ne":null}',
  '{"$gt":""}',
  '{"$gte":0}',
  '{"$in":[]}',
  '{"$where":"sleep(1000)||true"}',
  '{"$regex":".*"}',
  '{"$nor":[]}',
  '{"$expr":{"$function":{}}}',
  '{"a.b":1}',
  '{"toString":"x"}',
  '{"valueOf":1,"length":36}',
  '{"__proto__":"x"}',
  '{"constructor":{"prototype":{"x":1}}}',
  '{"_bsontype":"ObjectId"}',
];
const NUMBERS = [
  '-1',
  '1.5',
  '1e309',
  '-1e309',
  '9007199254740992',
  '9007199254740993',
  '1e21',
  '0.1',
  '1e-7',
  '-0.5',
  '-9223372036854775808',
];
const WORDS = ['true', 'false', 'null'];
const NUMBER_LIKE = quoted(['1', '0', '-1', '1e3', ' 1', '1 ', '', '0x1', '1_000', 'NaN', 'Infinity', '١', '1\u0000']);

/** Texts that are no id of the shop, or one that nothing has. */
export const ID_TEXTS = [
  '',
  ' ',
  '.',
  '..',
  '../../etc/passwd',
  '..\\..',
  'a'.repeat(23),
  'b'.repeat(25),
  '507f1f77bcf86cd799439011',
  '0'.repeat(32),
  'x'.repeat(65),
  'y'.repeat(10_000),
  '\u0000',
  'a\u0000b',
  '%00',
  '%',
  'a%',
  'a\r\nSet-Cookie: x=1',
  'a\tb',
  '😀',
  'é',
  '\u202egnp',
  '\ufeffx',
  'ﬀ',
  'İ',
  '{everyday}',
  'everyday}:x',
  'a:b',
  '*',
  '?',
  '[a]',
  'a b',
  'a/b',
  '$ne',
  '$where',
  'a.b',
  'a$b',
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'hasOwnProperty',
  'null',
  'undefined',
  'NaN',
  'true',
  '0',
  '-1',
  '1e3',
  "' OR 1=1 --",
  '"; db.dropDatabase(); //',
  '<script>alert(1)</script>',
  '{{7*7}}',
  '0B8F7C1E-5A43-4F0E-9D0A-0123456789AB',
  '0b8f7c1e-5a43-4f0e-9d0a-0123456789aB',
  '{0b8f7c1e-5a43-4f0e-9d0a-0123456789ab}',
  '0b8f7c1e-5a43-4f0e-9d0a-0123456789ab ',
  '0b8f7c1e5a434f0e9d0a0123456789ab',
  '0b8f7c1e-5a43-4f0e-9d0a-0123456789a',
  '0b8f7c1e-5a43-4f0e-9d0a-0123456789abc',
  'urn:uuid:0b8f7c1e-5a43-4f0e-9d0a-0123456789ab',
  '00000000-0000-0000-0000-000000000000',
  'ffffffff-ffff-ffff-ffff-ffffffffffff',
];

/** Path segments as they go over the wire: ids of a wrong form, encoded well, badly, twice or not at all. */
export const SEGMENTS = [
  ...ID_TEXTS.filter((text) => !['', '.', '..'].includes(text)).map((text) => encodeURIComponent(text)),
  ...[
    '%',
    '%zz',
    '%00',
    '%ff',
    '%c0%80',
    '%2e%2e%2e',
    '%2e%2e%2f',
    '..%5c',
    '%252e%252e',
    '%u0041',
    'a%0d%0ab',
    '%ED%A0%80',
    '%F0%9F%98%80',
  ],
  ...[';a=b', '@', '=', '&', '+', '~', '!', "'", '(', ',', '$ne', '[$ne]', '{}', ':', '*', '|', '^', '`', '"', '<'],
];

const NO_TEXT = [...OBJECTS, ...NUMBERS, '0', '1', 'true', 'false'];
/** Texts with what must not get into a label or a log. */
const UNPRINTABLE = [
  ...quoted([
    'a\nb',
    'a\rb',
    'a\tb',
    'a\u0000b',
    'a\u001b[31mb',
    'a\u007fb',
    'a\u0085b',
    'a\u2028b',
    'a\u202eb',
    'a\u2066b',
  ]),
  '"a\\ud800b"',
];
const SLUG = /^[a-z0-9][a-z0-9-]{0,63}$/;

/** By what a field means: everything that it must not take. */
export const HOSTILE = {
  /** An id that must exist. */
  id: [...NO_TEXT, 'null', ...quoted(ID_TEXTS), '"\\ud800"', '"\\udfff\\ud800"'],
  /** An id that a client may choose. */
  newId: [...NO_TEXT, 'null', ...quoted(ID_TEXTS.filter((text) => !SLUG.test(text))), '"\\ud800"'],
  /** 1 to 100. */
  quantity: [...OBJECTS, ...NUMBERS, ...WORDS, ...NUMBER_LIKE, '0', '101', '1000001'],
  /** 0 to 100. */
  lineQuantity: [...OBJECTS, ...NUMBERS, ...WORDS, ...NUMBER_LIKE, '101'],
  /** 0 to 1,000. */
  patience: [...OBJECTS, ...NUMBERS, ...WORDS, ...NUMBER_LIKE, '1001'],
  /** 1 or more, to some bound. */
  amount: [...OBJECTS, ...NUMBERS, ...WORDS, ...NUMBER_LIKE, '0', '999999999999'],
  /** 0 to 10,000. */
  rate: [...OBJECTS, ...NUMBERS, ...WORDS, ...NUMBER_LIKE, '10001'],
  amountOrNone: [...OBJECTS, ...NUMBERS, 'true', 'false', ...NUMBER_LIKE, '0', '999999999999'],
  name: [...NO_TEXT, 'null', '""', '"   "', '"\\n\\t"', JSON.stringify('n'.repeat(201))],
  /** One line on a parcel label, up to 120 characters. */
  label: [...NO_TEXT, 'null', '""', '"   "', ...UNPRINTABLE, JSON.stringify('l'.repeat(121))],
  /** The same, or empty. */
  postalCode: [...NO_TEXT, 'null', ...UNPRINTABLE, JSON.stringify('1'.repeat(17))],
  country: [...NO_TEXT, 'null', ...quoted(['', 'de', 'DEU', 'XX', 'ZZ', 'EU', 'UK', 'Germany', 'D ', '__proto__'])],
  text: [...NO_TEXT, 'null', JSON.stringify('t'.repeat(2_001))],
  email: [
    ...NO_TEXT,
    'null',
    ...UNPRINTABLE,
    ...quoted([
      ...['', ' ', 'a', '@', 'a@', '@b.example', 'a@b', 'a b@c.example', 'a@b@c.example', '"a@evil.example"@v.example'],
      ...[
        'a@b..example',
        '.a@b.example',
        'a.@b.example',
        'a@-b.example',
        'a@[127.0.0.1]',
        'a@b.example\u0000',
        '<a@b.example>',
      ],
      ...[
        'a@b.example, c@d.example',
        'a@b.example\r\nBcc: c@d.example',
        'é@b.example',
        'a@b.exämple',
        '\u202ea@b.example',
      ],
      `${'a'.repeat(250)}@b.example`,
    ]),
  ],
  newPassword: [...NO_TEXT, 'null', '""', '"nine char"', JSON.stringify('p'.repeat(129))],
  /** One that may be anything short but must be there. */
  password: [...NO_TEXT, 'null', '""', JSON.stringify('p'.repeat(201))],
  currency: [...NO_TEXT, 'null', ...quoted(['', 'eur', 'EURO', 'EU', 'E R', '€€€', 'EUR\n', '$ne'])],
  /** An id that the bank may choose. */
  bankId: [...NO_TEXT, 'null', '""', JSON.stringify('b'.repeat(256))],
  /** A sum that the bank may name. */
  sum: [...OBJECTS, ...NUMBERS, ...WORDS, ...NUMBER_LIKE],
  flag: [...OBJECTS, ...NUMBERS, ...NUMBER_LIKE, '0', '1', 'null', '"true"'],
  instant: [
    ...OBJECTS,
    ...NUMBERS,
    'true',
    '0',
    '1900000000',
    '{"$date":0}',
    ...quoted([
      '',
      'tomorrow',
      '2020-01-01',
      '2020-01-01T00:00:00',
      '2020-02-30T00:00:00Z',
      '2020-01-01T25:00:00Z',
      '0000-01-01T00:00:00Z',
      '1969-12-31T23:59:59Z',
      '-271821-04-20T00:00:00Z',
      '+275760-09-13T00:00:00.001Z',
      '12020-01-01T00:00:00Z',
    ]),
  ],
  lines: [
    ...OBJECTS.filter((text) => text !== '[]'),
    '[]',
    ...NUMBERS,
    ...WORDS,
    '"x"',
    `[${Array.from({ length: 21 }, () => '{"productId":"a","quantity":1}').join(',')}]`,
    '[{}]',
    '[[]]',
    '[{"productId":"a"}]',
    '[{"quantity":1}]',
  ],
} satisfies Record<string, string[]>;

export type Kind = keyof typeof HOSTILE;

/** Members that no body has; each must be refused, not stored and not followed. */
export const EXTRA_MEMBERS = [
  '"__proto__":{"status":418,"isAdmin":true,"paused":true,"x":1}',
  '"constructor":{"prototype":{"status":418,"x":1}}',
  '"prototype":{"x":1}',
  '"$where":"1"',
  '"$set":{"status":"PAID"}',
  '"a.b":1',
  '"isAdmin":true',
  '"customer":"guest-0b8f7c1e-5a43-4f0e-9d0a-0123456789ab"',
  '"status":"PAID"',
  '"_id":"x"',
  '"total":1',
  '"":1',
  '"toJSON":1',
  '"then":1',
  `${JSON.stringify('k'.repeat(5_000))}:1`,
];

/** Ends of an address that no honest client asks with. */
export const QUERIES = [
  'limit=0',
  'limit=-1',
  'limit=1e309',
  'limit[$ne]=1',
  'saleId[$gt]=',
  '__proto__[x]=1',
  'saleId=%00',
  'before=$ne',
  'offset=NaN',
  'limit=1&limit=2&limit=x',
];

/** Whole bodies that are no object, or no JSON. */
export const BODIES: (string | Buffer)[] = [
  'null',
  '[]',
  '[{}]',
  '"x"',
  '1',
  'true',
  '0',
  '-',
  '{',
  '}',
  '[',
  '{"a"',
  '{"a":}',
  '{,}',
  "{'a':1}",
  '{"a":1}{"a":2}',
  '{"a":1,"a":2}',
  '/*x*/{}',
  'NaN',
  '\u0000',
  '{"a":\u0001}',
  '{}\u0000',
  '<xml/>',
  'a=1&b=2',
  '['.repeat(10_000),
  `${'['.repeat(10_000)}${']'.repeat(10_000)}`,
  `${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`,
  `[${'0,'.repeat(30_000)}0]`,
  `{${Array.from({ length: 5_000 }, (_, i) => `"k${i}":1`).join(',')}}`,
  `{"a":"${'x'.repeat(64 * 1024)}"}`,
  Buffer.from([0xff, 0xfe, 0x7b, 0x7d]),
  Buffer.from([0x7b, 0x22, 0xc3, 0x28, 0x22, 0x3a, 0x31, 0x7d]),
  Buffer.from([0x1f, 0x8b, 0x08, 0x00]),
  Buffer.alloc(1_000),
];
