// What the demo shop sells.

export type Category = 'pots' | 'cups' | 'tea' | 'table';

export const CATEGORIES: Record<Category, string> = {
  pots: 'Pots & kettles',
  cups: 'Cups & mugs',
  tea: 'Loose tea',
  table: 'For the table',
};

export interface Product {
  /** Last part of its address and name of its picture. */
  slug: string;
  name: string;
  category: Category;
  /** Cents. */
  price: number;
  line: string;
  text: string;
  choices: { label: string; values: string[] };
  care: string;
  /** 1–5, in halves. */
  stars: number;
}

const GLAZE = { label: 'Glaze', values: ['Moss', 'Oat', 'Slate', 'Rust'] };
const WEIGHT = { label: 'Weight', values: ['50 g', '100 g', '250 g'] };

export const PRODUCTS: readonly Product[] = [
  {
    slug: 'morrow-teapot',
    name: 'Morrow Teapot',
    category: 'pots',
    price: 4800,
    line: 'Stoneware, 0.9 litres, pours without a drip.',
    text: 'Thrown in two pieces and glazed by hand. The spout is cut at the angle that our potter argued about for a year; it has not dripped since.',
    choices: GLAZE,
    care: 'Dishwasher safe on the upper rack. Do not set it on a flame.',
    stars: 4.5,
  },
  {
    slug: 'hearth-kettle',
    name: 'Hearth Kettle',
    category: 'pots',
    price: 6200,
    line: 'Enamelled steel, 1.6 litres, for every hob.',
    text: 'A kettle that sings in a minor third. Beech handle, steel base, enamel that keeps its colour.',
    choices: { label: 'Enamel', values: ['Pine', 'Cream', 'Midnight'] },
    care: 'Wipe with a soft cloth. Descale with vinegar once a month.',
    stars: 4,
  },
  {
    slug: 'tidewater-mug',
    name: 'Tidewater Mug',
    category: 'cups',
    price: 1850,
    line: 'Holds 350 ml and a thumb.',
    text: 'The glaze breaks where the wheel left a ridge, so that no two waves are alike.',
    choices: GLAZE,
    care: 'Dishwasher and microwave safe.',
    stars: 5,
  },
  {
    slug: 'lark-cup',
    name: 'Lark Cup & Saucer',
    category: 'cups',
    price: 2400,
    line: 'Thin porcelain for the second cup of the day.',
    text: 'Porcelain fired at 1,320 °C, thin enough to see the tea line through the wall.',
    choices: { label: 'Rim', values: ['Plain', 'Blue line', 'Gold line'] },
    care: 'Hand wash. The gold line does not like microwaves.',
    stars: 4.5,
  },
  {
    slug: 'highgrove-breakfast',
    name: 'Highgrove Breakfast',
    category: 'tea',
    price: 950,
    line: 'Assam and Ceylon, strong enough for milk.',
    text: 'Two parts second-flush Assam, one part high-grown Ceylon. Three minutes for tea, five for conviction.',
    choices: WEIGHT,
    care: 'Keep dry and dark; best within twelve months.',
    stars: 4.5,
  },
  {
    slug: 'jasmine-pearls',
    name: 'Jasmine Pearls',
    category: 'tea',
    price: 1400,
    line: 'Green tea rolled by hand, scented seven times.',
    text: 'Each pearl opens to two leaves and a bud. Water at 80 °C, two minutes, three infusions.',
    choices: WEIGHT,
    care: 'Keep dry and dark; best within nine months.',
    stars: 5,
  },
  {
    slug: 'smoked-lapsang',
    name: 'Smoked Lapsang',
    category: 'tea',
    price: 1100,
    line: 'Dried over pine, for rain and long books.',
    text: 'From the Wuyi mountains, smoked over pine root. Divides households.',
    choices: WEIGHT,
    care: 'Keep it away from all your other teas.',
    stars: 3.5,
  },
  {
    slug: 'chamomile-meadow',
    name: 'Chamomile Meadow',
    category: 'tea',
    price: 820,
    line: 'Whole flowers, no caffeine, good night.',
    text: 'Whole chamomile heads with a little lemon balm. Seven minutes under a lid.',
    choices: WEIGHT,
    care: 'Keep dry and dark; best within twelve months.',
    stars: 4,
  },
  {
    slug: 'cinder-canister',
    name: 'Cinder Canister',
    category: 'table',
    price: 2100,
    line: 'Tin with a double lid, keeps 250 g fresh.',
    text: 'The inner lid closes with a sigh. Black lacquer outside, bare tin inside.',
    choices: { label: 'Lacquer', values: ['Black', 'Ox red'] },
    care: 'Wipe dry. Never in the dishwasher.',
    stars: 4,
  },
  {
    slug: 'willow-tray',
    name: 'Willow Tray',
    category: 'table',
    price: 3600,
    line: 'Woven willow, carries tea for four up a stair.',
    text: 'Woven in Somerset from three years’ growth, with handles that fit gloves.',
    choices: { label: 'Size', values: ['Small', 'Large'] },
    care: 'Mist with water twice a year.',
    stars: 4.5,
  },
  {
    slug: 'brass-scoop',
    name: 'Brass Scoop',
    category: 'table',
    price: 1200,
    line: 'One level scoop, one cup.',
    text: 'Turned brass that darkens with the years, or shines with lemon and salt.',
    choices: { label: 'Finish', values: ['Polished', 'Raw'] },
    care: 'Polish with lemon and salt, or let it be.',
    stars: 4,
  },
  {
    slug: 'linen-towel',
    name: 'Linen Tea Towel',
    category: 'table',
    price: 1300,
    line: 'Washed linen, dries cups without lint.',
    text: 'Half linen, half patience. Gets better for the first hundred washes.',
    choices: { label: 'Stripe', values: ['Green', 'Terracotta', 'Ink'] },
    care: 'Wash at 60 °C, iron if you must.',
    stars: 4.5,
  },
];

export function findProduct(slug: string): Product | undefined {
  return PRODUCTS.find((product) => product.slug === slug);
}

export interface Search {
  words: string;
  category: string;
  /** Whole euros; 0 = any. */
  max: number;
  sort: string;
}

/** Products whose name or text holds every word. */
export function searchProducts({ words, category, max, sort }: Search): Product[] {
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
  const found = PRODUCTS.filter((product) => {
    const text = `${product.name} ${product.line} ${product.text}`.toLowerCase();
    return (
      wanted.every((word) => text.includes(word)) &&
      (category === '' || product.category === category) &&
      (max === 0 || product.price <= max * 100)
    );
  });
  if (sort === 'price') found.sort((a, b) => a.price - b.price);
  if (sort === 'name') found.sort((a, b) => a.name.localeCompare(b.name));
  return found;
}

/** `€ 18.50` */
export function formatPrice(cents: number): string {
  return `€ ${(cents / 100).toFixed(2)}`;
}
