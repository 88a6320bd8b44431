// Prices as the account area shows them.
export const formatPrice = (cents) => `€ ${(cents / 100).toFixed(2)}`;
