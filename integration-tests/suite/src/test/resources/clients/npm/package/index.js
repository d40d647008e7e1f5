module.exports = 'anvil';
