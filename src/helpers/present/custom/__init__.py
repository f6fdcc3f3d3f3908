"""What cells of one's own show in a page: frames as tables, pictures as SVG, and what a page cannot show refused."""
