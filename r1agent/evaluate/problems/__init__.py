"""Problems of mathematics and code in the forms that data sets have, and how they are judged."""
