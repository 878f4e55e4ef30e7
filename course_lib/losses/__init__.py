"""What training minimises: `segmentation` has one function for each loss of chapter 07, and its Keras class."""
